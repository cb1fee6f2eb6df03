import type { Http } from "@toolcast/core/provider";

/** One exchange as it was sent. */
export interface RecordedExchange {
  method: string;
  url: URL;
  headers: Record<string, string>;
  /** The body, or the single message of a conversation. */
  sent: string;
  status: number;
  /** The answer's text, or each part of a conversation. */
  answers: string[];
}

/** An HTTP client that records its exchanges. */
export function createRecordingHttp(http: Http): Http & { exchanges: RecordedExchange[] } {
  const exchanges: RecordedExchange[] = [];
  return {
    exchanges,
    async request(request) {
      const answer = await http.request(request);
      exchanges.push({
        method: request.method,
        url: new URL(request.url),
        headers: request.headers ?? {},
        sent: typeof request.body === "string" ? request.body : "",
        status: answer.status,
        answers: [answer.text()],
      });
      return answer;
    },
    download: (request, toFile) => http.download(request, toFile),
    async converse(request) {
      const answers: string[] = [];
      const answer = await http.converse({
        ...request,
        onAnswer(text) {
          answers.push(text);
          return request.onAnswer(text);
        },
      });
      exchanges.push({
        method: "GET",
        url: new URL(request.url),
        headers: {},
        sent: request.message,
        status: answer.status,
        answers,
      });
      return answer;
    },
    close: () => http.close(),
  };
}
