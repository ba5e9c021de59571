import { Empty } from '../components/states.tsx';
import { t } from '../texts/text.ts';

export function NotFound() {
  return (
    <Empty title={t.app.notFound} detail="">
      <a class="button" href="#/">
        {t.errors.home}
      </a>
    </Empty>
  );
}
