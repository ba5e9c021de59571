import { useState } from 'preact/hooks';
import { box } from '../api/box.ts';
import type { InventoryItem, Page } from '../api/types.ts';
import { FilterTabs } from '../components/filter-tabs.tsx';
import { FilterText } from '../components/filter-text.tsx';
import { StockIcon } from '../components/icons.tsx';
import { MovementForm } from '../components/movement-form.tsx';
import { Empty, Failed, Loading } from '../components/states.tsx';
import { StockTable } from '../components/stock-table.tsx';
import { replace } from '../router.ts';
import { usePages } from '../state/pages.ts';
import { useReloadOn } from '../state/reload-on.ts';
import { t } from '../texts/text.ts';

const PAGE = 40;

export function Stock({ q, state }: { q: string; state: string }) {
  const [chosen, setChosen] = useState('');
  const pages = usePages<InventoryItem, Page<InventoryItem> & { atMs: number }>(
    `${state}\n${q}`,
    async (cursor, signal) => ({
      ...(await box.inventory({ q, state, limit: PAGE, cursor }, signal)),
      atMs: Date.now(),
    }),
  );
  const { data } = pages;
  useReloadOn(pages.reload, ({ type }) => type === 'inventory.changed');
  const choose = (sku: string) => {
    setChosen(sku);
    document.getElementById('movement-quantity')?.focus();
  };
  const states = Object.entries(t.stock.states);
  return (
    <div class="stock-screen">
      <div class="stock-main">
        <div class="page-head">
          <h1>{t.stock.title}</h1>
          <FilterText
            label={t.stock.search}
            value={q}
            onChange={(text) => replace({ name: 'stock', q: text, state })}
          />
        </div>
        <FilterTabs
          label={t.stock.filter}
          options={states}
          value={state}
          onChange={(value) => replace({ name: 'stock', q, state: value })}
        />
        {data === undefined && pages.loading && <Loading rows={8} />}
        {pages.error !== undefined && <Failed error={pages.error} retry={pages.reload} />}
        {data?.items.length === 0 && (
          <Empty
            icon={<StockIcon size={22} />}
            title={t.stock.none}
            detail={q === '' && state === 'all' ? t.stock.noneYet : t.stock.noneFiltered}
          />
        )}
        {data !== undefined && data.items.length > 0 && (
          <StockTable items={data.items} atMs={data.atMs} stale={pages.loading} choose={choose} />
        )}
        {pages.more !== undefined && (
          <button type="button" class="button more" disabled={pages.loadingMore} onClick={pages.more}>
            {t.stock.more}
          </button>
        )}
      </div>
      <MovementForm sku={chosen} onSku={setChosen} onBooked={pages.reload} />
    </div>
  );
}
