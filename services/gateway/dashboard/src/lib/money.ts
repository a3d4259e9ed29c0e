/** Amounts and prices in the currency of the city that is shown. */
import { place } from "./place.ts";

/** Of the cities there are, by their clock; the sign of any other city's money is not guessed. */
const CURRENCIES: Readonly<Record<string, string>> = { "America/New_York": "USD", "Europe/London": "GBP" };
const UNKNOWN = "XXX";

const moneyOf = (timeZone: string) => ({
  timeZone,
  format: new Intl.NumberFormat("en-US", { style: "currency", currency: CURRENCIES[timeZone] ?? UNKNOWN, currencyDisplay: "narrowSymbol", minimumFractionDigits: 2 }),
});

let made = moneyOf(place.latest().timeZone);

function format(): Intl.NumberFormat {
  const { timeZone } = place.latest();
  made = made.timeZone === timeZone ? made : moneyOf(timeZone);
  return made.format;
}

/** Of hundredths: `$8.07`, in London `£8.07`. */
export const money = (minor: number): string => format().format(minor / 100);

/** A price tier as guides print it: `$$`, in London `££`; the lowest has one sign. */
export function priceSigns(tier: number): string {
  const sign = format().formatToParts(0).find(({ type }) => type === "currency")?.value ?? "";
  return sign.repeat(Math.max(1, Math.round(tier)));
}

/** A reason as the recommender gives it, its tier of prices in signs: `Your price range ($$)`. */
export const reasonWords = (reason: string): string => reason.replace(/\btier (\d)\b/, (_, tier: string) => priceSigns(Number(tier)));
