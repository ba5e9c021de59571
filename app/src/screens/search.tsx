import { box } from '../api/box.ts';
import type { ProductSummary, SearchPage } from '../api/types.ts';
import { AddToOrder } from '../components/add-to-order.tsx';
import { SearchIcon } from '../components/icons.tsx';
import { Empty, Failed, Loading } from '../components/states.tsx';
import { StockText } from '../components/stock-text.tsx';
import { formatCount, formatMoney } from '../format/format.ts';
import { replace, toHash } from '../router.ts';
import { usePages } from '../state/pages.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';

const PAGE = 25;

/** The catalogue, searched by the box in the header and by category. */
export function Search({ q, category }: { q: string; category: string }) {
  const pages = usePages<ProductSummary, SearchPage & { receivedAtMs: number }>(
    `${q}\n${category}`,
    async (cursor, signal) => ({
      ...(await box.products({ q, category, limit: PAGE, cursor }, signal)),
      receivedAtMs: Date.now(),
    }),
  );
  const { data } = pages;
  const found =
    data === undefined
      ? ''
      : t.search.found(formatCount(data.items.length), pages.more !== undefined, t.search.modes[data.mode]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{q === '' ? t.search.title : t.search.results(q)}</h1>
          <p class="muted" role="status">
            {found}
            {data?.corrections !== undefined &&
              ` · ${t.search.corrected(data.corrections.map(({ used }) => `“${used}”`).join(', '))}`}
          </p>
        </div>
        <CategoryFilter q={q} category={category} />
      </div>
      {data === undefined && pages.loading && <Loading rows={8} />}
      {pages.error !== undefined && <Failed error={pages.error} retry={pages.reload} />}
      {data !== undefined && data.items.length === 0 && (
        <Empty
          icon={<SearchIcon size={22} />}
          title={t.search.none}
          detail={q === '' && category === '' ? t.search.emptyDetail : t.search.noneDetail(q)}
        />
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul class={pages.loading ? 'results card stale' : 'results card'}>
          {data.items.map((product) => (
            <Result key={product.sku} product={product} receivedAtMs={data.receivedAtMs} />
          ))}
        </ul>
      )}
      {pages.more !== undefined && (
        <button type="button" class="button more" disabled={pages.loadingMore} onClick={pages.more}>
          {t.search.more}
        </button>
      )}
    </>
  );
}

function CategoryFilter({ q, category }: { q: string; category: string }) {
  const categories = useResource('categories', (signal) => box.categories(signal));
  return (
    <label class="field field-inline">
      <span>{t.search.category}</span>
      <select
        class="input"
        value={category}
        onChange={(event) => replace({ name: 'search', q, category: event.currentTarget.value })}
      >
        <option value="">{t.search.allCategories}</option>
        {category !== '' && categories.data === undefined && <option value={category}>{category}</option>}
        {categories.data?.items.map((item) => (
          <option key={item.category} value={item.category}>
            {item.category} ({formatCount(item.count)})
          </option>
        ))}
      </select>
    </label>
  );
}

function Result({ product, receivedAtMs }: { product: ProductSummary; receivedAtMs: number }) {
  const { price } = product;
  return (
    <li class="result">
      <div class="result-product">
        <a href={toHash({ name: 'product', sku: product.sku })}>{product.name}</a>
        <p class="muted">
          <span class="sku">{product.sku}</span> · {product.category.join(' / ')}
        </p>
      </div>
      <div class="result-stock">
        {product.status === 'active' ? (
          <StockText stock={product.stock} receivedAtMs={receivedAtMs} />
        ) : (
          <span class="tag tag-warn">
            {product.status === 'discontinued' ? t.product.discontinued : t.product.blocked}
          </span>
        )}
      </div>
      <div class="result-price">
        {price === null ? t.product.noPrice : formatMoney(price.unitPriceMinor, price.currency)}
        {price !== null && price.listUnitPriceMinor !== price.unitPriceMinor && (
          <small class="muted">{t.product.list(formatMoney(price.listUnitPriceMinor, price.currency))}</small>
        )}
      </div>
      <div class="result-add">
        {product.supersededBy !== undefined && product.status !== 'active' ? (
          <a class="button" href={toHash({ name: 'product', sku: product.supersededBy })}>
            {t.product.successor(product.supersededBy)}
          </a>
        ) : (
          <AddToOrder product={product} />
        )}
      </div>
    </li>
  );
}
