import type { OverviewView } from "../src/wire.ts";
import { amount, calendarDay } from "./format.ts";
import { state } from "./store.ts";
import { t } from "./strings.ts";

/** What was charged, by day, provider and person, with a total for each provider and unit: units cannot be added up. */
export function SpendTable({ spend }: { spend: OverviewView["spend"] }) {
  const totals = new Map<string, { provider: string; unit: string; sum: number }>();
  for (const { provider, unit, amount: charged } of spend) {
    const key = `${provider}|${unit}`;
    totals.set(key, { provider, unit, sum: (totals.get(key)?.sum ?? 0) + charged });
  }
  return (
    <section>
      <h3>{t("spend")}</h3>
      {spend.length === 0 ? (
        <p class="muted">{t("noSpend")}</p>
      ) : (
        <table class="spend">
          <caption>{t("dayOfServer")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("day")}</th>
              <th scope="col">{t("provider")}</th>
              <th scope="col">{t("person")}</th>
              <th scope="col" class="number">
                {t("amount")}
              </th>
            </tr>
          </thead>
          <tbody>
            {spend.map((row, index) => (
              <tr key={[row.day, row.provider, row.unit, row.person].join("|")}>
                <td>{row.day === spend[index - 1]?.day ? "" : calendarDay(row.day)}</td>
                <td>{row.provider}</td>
                <td class="who">{row.person === state.value?.person.id ? state.value.person.name : row.person}</td>
                <td class="number">
                  {amount(row.amount)} {row.unit}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {[...totals.values()].map(({ provider, unit, sum }) => (
              <tr key={provider + unit}>
                <th scope="row">{t("total")}</th>
                <td>{provider}</td>
                <td />
                <td class="number">
                  {amount(sum)} {unit}
                </td>
              </tr>
            ))}
          </tfoot>
        </table>
      )}
    </section>
  );
}
