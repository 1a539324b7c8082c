// What companies sell, and for how much. It keeps products, categories and promotions, finds them by text, and holds users' carts. It
// alone says what a basket costs: a quote is priced here and signed, and an order is made from nothing else. Uses of limited promotions
// are taken when the order is made and given back when it is cancelled, never more of them than there are. Of companies, shops and
// stock it keeps what their events say.
import {
  cartItemAdded,
  cartUpdated,
  categoryCreated,
  categoryDeleted,
  categoryUpdated,
  productCreated,
  productDeleted,
  productPriceChanged,
  productUpdated,
  productViewed,
  promotionCreated,
  promotionRedeemed,
  promotionRedemptionRefused,
  promotionReleased,
  promotionUpdated,
} from '@souk/contracts';
import { offboarding } from '@souk/offboarding';
import { erasures, personalEndpoint, personalJob, personalSubscription } from '@souk/personal-data';
import { defineService, job } from '@souk/service-kit';
import { cartNotes } from './cart/cart.note.store.ts';
import { cartEndpoints } from './cart/cart.routes.ts';
import { tellLostChanges } from './cart/change.actions.ts';
import { categoryEndpoints } from './category/category.routes.ts';
import { categories } from './category/category.store.ts';
import { closeCompany } from './company/company.actions.ts';
import { companySubscriptions } from './company/company.events.ts';
import { companies, shops } from './company/company.store.ts';
import { config } from './config.ts';
import { orderSubscriptions } from './order.events.ts';
import { personal } from './personal.ts';
import { planSubscriptions } from './plan/plan.events.ts';
import { planLimits } from './plan/plan.store.ts';
import { productEndpoints } from './product/product.routes.ts';
import { products } from './product/product.store.ts';
import { promotionEndpoints } from './promotion/promotion.routes.ts';
import { promotions, promotionUsage, redemptions } from './promotion/promotion.store.ts';
import { quoteEndpoints } from './quote/quote.routes.ts';
import { searchSubscriptions } from './search/search.events.ts';
import { productSearch } from './search/search.live.ts';
import { searchEndpoints } from './search/search.routes.ts';
import { stockSubscriptions } from './stock/stock.events.ts';
import { stock } from './stock/stock.store.ts';

export const service = defineService({
  name: 'ecommerce',
  purpose: 'Catalogue, search, cart, promotions, and the signed prices that orders are made from.',
  port: 8004,
  config,
  queue: 'product.events',
  endpoints: [
    ...productEndpoints,
    ...searchEndpoints,
    ...categoryEndpoints,
    ...cartEndpoints,
    ...promotionEndpoints,
    ...quoteEndpoints,
    personalEndpoint('ecommerce', personal),
  ],
  publishes: [
    productCreated,
    productUpdated,
    productDeleted,
    productViewed,
    productPriceChanged,
    categoryCreated,
    categoryUpdated,
    categoryDeleted,
    cartItemAdded,
    cartUpdated,
    promotionCreated,
    promotionUpdated,
    promotionRedeemed,
    promotionRedemptionRefused,
    promotionReleased,
  ],
  ...offboarding({
    subscriptions: [
      ...companySubscriptions,
      ...orderSubscriptions,
      ...stockSubscriptions,
      ...searchSubscriptions,
      ...planSubscriptions,
      personalSubscription(personal),
    ],
    stores: [
      products,
      categories,
      companies,
      shops,
      stock,
      promotions,
      promotionUsage,
      redemptions,
      cartNotes,
      planLimits,
      erasures,
    ],
    jobs: [job('tell lost cart changes', 10_000, tellLostChanges), personalJob(personal)],
    keeps: [{ store: companies, because: 'what comes late, and what a replica still has in memory, must find the company gone' }],
    close: closeCompany,
  }),
  resources: [productSearch],
});
