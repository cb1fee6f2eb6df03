import type { OverviewView } from "../src/wire.ts";
import { amount, calendarDay, list } from "./format.ts";
import { state } from "./store.ts";
import { t } from "./strings.ts";

type Row = OverviewView["spend"][number] & { unpriced?: number };

/**
 * What was charged, by day, provider and person, with a total for each provider and unit: different units cannot be
 * added up.
 */
export function SpendTable({ spend }: { spend: OverviewView["spend"] }) {
  return (
    <section>
      <h3>{t("spend")}</h3>
      {spend.length === 0 ? <p class="muted">{t("noSpend")}</p> : <Account kind="spend" rows={spend} />}
    </section>
  );
}

/** The same for what was probably charged for starts with an unknown outcome; empty if there are none. */
export function ProbableTable({ probable }: { probable: OverviewView["probable"] }) {
  return probable.length === 0 ? null : (
    <section>
      <h3>{t("probablyCharged")}</h3>
      <p class="muted">{t("probablyChargedHint")}</p>
      <Account kind="probable" rows={probable} />
    </section>
  );
}

function Account({ kind, rows }: { kind: string; rows: readonly Row[] }) {
  const totals = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.provider}|${row.unit}`;
    const { amount: sum = 0, unpriced = 0 } = totals.get(key) ?? {};
    totals.set(key, { ...row, amount: sum + row.amount, unpriced: unpriced + (row.unpriced ?? 0) });
  }
  return (
    <table class={`account ${kind}`}>
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
        {rows.map((row, index) => (
          <tr key={[row.day, row.provider, row.unit, row.person].join("|")}>
            <td>{row.day === rows[index - 1]?.day ? "" : dayWords(row.day)}</td>
            <td>{row.provider}</td>
            <td class="who">{row.person === state.value?.person.id ? state.value.person.name : row.person}</td>
            <td class="number">{amountWords(row)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {[...totals.values()].map((row) => (
          <tr key={row.provider + row.unit}>
            <th scope="row">{t("total")}</th>
            <td>{row.provider}</td>
            <td />
            <td class="number">{amountWords(row)}</td>
          </tr>
        ))}
      </tfoot>
    </table>
  );
}

/** The days before those that are shown are summed up in one row. */
function dayWords(day: string): string {
  return day === "" ? t("earlierDays") : calendarDay(day);
}

function amountWords({ amount: known, unit, unpriced = 0 }: Row): string {
  return list([
    ...(known === 0 && unpriced > 0 ? [] : [`${amount(known)} ${unit}`]),
    ...(unpriced === 0 ? [] : [unpriced === 1 ? t("priceUnknownOne") : t("priceUnknown", { count: amount(unpriced) })]),
  ]);
}
