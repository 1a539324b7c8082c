// The one door. Every request from outside comes through here: it is limited, its token is checked, and it goes through the sidecar
// to the service whose declarations name its method and path. What no service declares to the public does not exist here, so there
// is no table to keep beside the services: they are asked for their own.
import type { FrontSettings } from '@souk/service-kit';
import { defineService } from '@souk/service-kit';
import { openedKeys } from './api-keys.ts';
import { catalogueSubscriptions } from './catalogue/catalogue.events.ts';
import { catalogueFigure, catalogueMemory } from './catalogue/catalogue.memory.ts';
import { circuitFigure, circuits } from './circuits.ts';
import { packAnswer } from './compression.ts';
import { config } from './config.ts';
import { directory } from './directory.ts';
import { docsAssets } from './docs.ts';
import { healthBoard } from './health.ts';
import { budgetFigure, budgets } from './limits/budgets.ts';
import type { Limit } from './passage.ts';
import { passageOf } from './passage.ts';
import { platformEndpoints } from './platform.routes.ts';
import { openSocketPassage } from './sockets.ts';
import { upstreams } from './upstreams.ts';

export const service = defineService({
  name: 'gateway',
  purpose: 'Routes requests to the services, checks tokens, limits, and tells how all stand.',
  port: 8000,
  config,
  resources: [upstreams, circuits, directory, healthBoard, catalogueMemory, docsAssets, budgets, openedKeys],
  subscriptions: catalogueSubscriptions,
  figures: [catalogueFigure, circuitFigure, budgetFigure],
  endpoints: platformEndpoints,
  attach: openSocketPassage,
  door: (runtime) => {
    const settings = config.of(runtime);
    return {
      origins: new Set(settings.CORS_ORIGINS),
      trustedProxies: settings.TRUSTED_PROXIES,
      limits: {
        ip: settings.LIMIT_PER_IP,
        user: settings.LIMIT_PER_USER,
        'sign-in-ip': settings.LIMIT_SIGN_IN_PER_IP,
        'sign-in-account': settings.LIMIT_SIGN_IN_PER_ACCOUNT,
      },
      takeFrom: budgets.of(runtime).take,
      pack: packAnswer,
      pass: passageOf(runtime),
    } satisfies FrontSettings<Limit>;
  },
});
