import { environmentFor } from "./credentials.ts";
import { markers } from "./marker-list.ts";

/** `GET /`: explains what this server is to anybody who opens its address in a browser. */
export function frontPage(origin: string): string {
  const environment = Object.entries(environmentFor(origin))
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
  const rows = markers
    .map(
      ({ marker, summary }) =>
        `<tr><td><code>${escapeHtml(marker)}</code></td><td>${escapeHtml(summary.en)}<br>${escapeHtml(summary["zh-CN"])}</td></tr>`,
    )
    .join("");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Toolcast sandbox</title>
<meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 system-ui;max-width:56rem;margin:2rem auto;padding:0 1rem}td{padding:.4rem .8rem .4rem 0;vertical-align:top;border-top:1px solid #ccc}pre{background:#eee;padding:1rem;overflow:auto}</style>
<h1>Toolcast sandbox · 沙箱</h1>
<p>Simulated vendors that speak the real wire protocols, on this machine only. Nothing here costs money and everything made is labelled SANDBOX.</p>
<p>这里在本机模拟服务商，使用与其一致的接口协议。不产生任何费用，生成的内容都标有 SANDBOX。</p>
<ul><li><code>/spark/v2.1/tti</code>, <code>/spark/v2.1/image</code></li><li><code>/dashscope/api/v1/…</code></li><li><code>/openai/v1/chat/completions</code></li><li><code>/xjc/api/model/v5/…</code></li><li><a href="/ledger">/ledger</a> every paid start · 每一次扣费</li><li><a href="/healthz">/healthz</a></li></ul>
<p>Point a Toolcast here · 让 Toolcast 使用这里：</p><pre>${escapeHtml(environment)}</pre>
<h2>Failure markers · 故障标记</h2><table>${rows}</table></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
