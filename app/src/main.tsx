import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/quick-order.css';
import './styles/lists.css';
import './styles/pages.css';
import { App } from './app.tsx';
import { startRouter } from './router.ts';
import { startClock } from './state/clock.ts';
import { startConnection } from './state/connection.ts';
import { startDealer } from './state/dealer.ts';
import { startNotifications } from './state/notifications.ts';
import { startPlacement } from './state/placement-store.ts';
import { startProducts } from './state/products.ts';
import { startQuotes } from './state/quote-store.ts';

startRouter();
startClock();
startDealer();
startProducts();
startQuotes();
startPlacement();
startConnection();
startNotifications();

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
