import { wait } from "../clock.ts";
import { type Context, misbehaviourOf } from "../context.ts";
import { sparkCredentials } from "../credentials.ts";
import { answerAccepted, type Exchange, refuseBeforeAccept } from "../faults.ts";
import { fingerprint } from "../fingerprint.ts";
import { drawPicture } from "../media/picture.ts";
import { openCapacity } from "./capacity.ts";
import { sparkCodesAfterTheWork, sparkImageMessages, sparkMessages } from "./codes.ts";
import { textToImageEndpoint } from "./endpoints.ts";
import { gatewayRefusal } from "./gateway.ts";
import { readImageRequest } from "./request.ts";
import { newSid } from "./sid.ts";

const paintingMs = 3000;

/** `POST /spark/v2.1/tti`. */
export function openTextToImage(context: Context): (exchange: Exchange) => Promise<Response> {
  const capacity = openCapacity(context);

  return async (exchange) => {
    const gateway = gatewayRefusal(exchange.env.incoming, context.vendorNow());
    if (gateway) {
      return new Response(JSON.stringify({ message: gateway.message }), {
        status: gateway.status,
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    }

    const sid = newSid(context);
    const body = await exchange.req.text();
    const request = readImageRequest(body);
    if ("code" in request) return refuse(request.code, request.message, sid);
    if (request.appId !== sparkCredentials.appId) return refuse(11200, undefined, sid);

    const bodyFingerprint = fingerprint(textToImageEndpoint, JSON.parse(body));
    const asked = misbehaviourOf(context, {
      vendor: "spark",
      endpoint: textToImageEndpoint,
      text: request.prompt,
      fingerprint: bodyFingerprint,
    });
    const early = refuseBeforeAccept(exchange, asked);
    if (early) return early;
    const code = asked.code === undefined ? undefined : Number(asked.code);
    if (code !== undefined && !sparkCodesAfterTheWork.has(code)) return refuse(code, undefined, sid);
    const over = capacity.refusal(request.uid);
    if (over !== undefined) return refuse(over, undefined, sid);

    const leave = capacity.enter(request.uid);
    try {
      context.ledger.record({
        vendor: "spark",
        endpoint: textToImageEndpoint,
        text: request.prompt,
        fingerprint: bodyFingerprint,
        points: request.points,
        account: request.appId,
        reference: sid,
      });
      // A connection that will be cut or kept silent anyway needs no picture.
      if (asked.drop !== undefined || asked.answer === "hang" || asked.answer === "giant") {
        return answerAccepted(exchange, asked, {});
      }
      await wait(context.clock, context.pace(paintingMs + (asked.slowMs ?? 0)), context.closing);
      if (code !== undefined) return refuse(code, undefined, sid);
      const header = { code: 0, message: "Success", sid, status: 0 };
      if (asked.answer === "no-payload") return answerAccepted(exchange, asked, { header });
      const picture = await drawPicture(request);
      const text = [{ content: picture.toString("base64"), index: 0, role: "assistant" }];
      return answerAccepted(exchange, asked, { header, payload: { choices: { status: 2, seq: 0, text } } });
    } finally {
      leave();
    }
  };
}

function refuse(code: number, message: string | undefined, sid: string): Response {
  return Response.json({
    header: { code, message: message ?? sparkMessages[code] ?? sparkImageMessages[code], sid, status: 2 },
  });
}
