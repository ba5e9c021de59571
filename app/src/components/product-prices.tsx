import type { Product } from '../api/types.ts';
import { formatCount, formatDay, formatMoney, formatRate } from '../format/format.ts';
import { now } from '../state/clock.ts';
import { t } from '../texts/text.ts';

export function PriceTiers({ product }: { product: Product }) {
  const { price } = product;
  if (price === null || price.tiers.length === 0) return null;
  return (
    <section class="card side-card">
      <h2>{t.product.tiers}</h2>
      <table class="table table-small">
        <thead>
          <tr>
            <th scope="col">{t.product.quantity}</th>
            <th scope="col" class="number">
              {t.product.listPrice}
            </th>
            <th scope="col" class="number">
              {t.product.saving}
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t.product.from(formatCount(product.quantityRules.minimum))}</th>
            <td class="number">{formatMoney(price.listUnitPriceMinor, price.currency)}</td>
            <td class="number">–</td>
          </tr>
          {price.tiers.map((tier) => (
            <tr key={tier.minimum}>
              <th scope="row">{t.product.from(formatCount(tier.minimum))}</th>
              <td class="number">{formatMoney(tier.unitPriceMinor, price.currency)}</td>
              <td class="number saving">
                {formatRate(Math.round((1 - tier.unitPriceMinor / price.listUnitPriceMinor) * 1_000) * 10)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Promotions({ product }: { product: Product }) {
  if (product.promotions.length === 0) return null;
  return (
    <section class="card side-card">
      <h2>{t.product.promotions}</h2>
      <ul class="plain">
        {product.promotions.map((promotion) => (
          <li key={promotion.promotionId}>
            <strong>{promotion.name}</strong>
            <p class="muted">
              {t.product.promotion(
                formatRate(promotion.discountBasisPoints),
                formatCount(promotion.minimumQuantity),
                formatDay(promotion.activeTo),
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PriceHistory({ product }: { product: Product }) {
  const { priceHistory } = product;
  if (priceHistory.length === 0) return null;
  const current = priceHistory.find((price) => Date.parse(price.effectiveFrom) <= now.value);
  return (
    <section class="card side-card">
      <h2>{t.product.history}</h2>
      <table class="table table-small">
        <thead>
          <tr>
            <th scope="col">{t.product.validFrom}</th>
            <th scope="col" class="number">
              {t.product.listPrice}
            </th>
            <th scope="col" class="number">
              {t.product.change}
            </th>
          </tr>
        </thead>
        <tbody>
          {priceHistory.map((price, index) => (
            <tr key={`${price.effectiveFrom} ${price.version}`}>
              <th scope="row">
                {formatDay(price.effectiveFrom)} {price === current && <span class="tag">{t.product.now}</span>}
                {Date.parse(price.effectiveFrom) > now.value && <span class="tag">{t.product.coming}</span>}
              </th>
              <td class="number">{formatMoney(price.listUnitPriceMinor, price.currency)}</td>
              <td class="number">{change(price.listUnitPriceMinor, priceHistory[index + 1]?.listUnitPriceMinor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function change(price: number, before: number | undefined): string {
  if (before === undefined || before === 0) return '–';
  const rate = Math.round((price / before - 1) * 1_000) * 10;
  return `${rate > 0 ? '+' : ''}${formatRate(rate)}`;
}
