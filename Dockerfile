# One file for all services: `docker build --build-arg SERVICE=sales -t souk/souk-sales .` All thirteen share every layer but the last.
# To run, an image needs Node 24 beneath it and nothing else: neither shell nor package manager.
ARG NODE_IMAGE=node:24-bookworm-slim

# The manifests alone: what is installed does not change with the sources.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /souk
COPY package.json package-lock.json ./
COPY packages packages
COPY services services
RUN find packages services -type f ! -name package.json -delete && find packages services -type d -empty -delete

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /souk
COPY --from=manifests /souk ./
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund

# The stand-ins of a cluster that has no mail server and no payment gateway: `--target stand-in --build-arg PACKAGE=mail-catcher`.
FROM ${NODE_IMAGE} AS stand-in
ARG PACKAGE
WORKDIR /souk
COPY --from=dependencies /souk/node_modules node_modules
COPY package.json ./
COPY packages/${PACKAGE} packages/${PACKAGE}
LABEL org.opencontainers.image.title=souk-${PACKAGE} org.opencontainers.image.licenses=Apache-2.0
ENV NODE_ENV=production
WORKDIR /souk/packages/${PACKAGE}
USER 1000:1000
ENTRYPOINT ["node", "src/main.ts"]

# Makes the demo data and buys something, as `npm run order` does on one machine: `--target demo`.
FROM ${NODE_IMAGE} AS demo
WORKDIR /souk
COPY --from=dependencies /souk/node_modules node_modules
COPY package.json ./
COPY scripts/demo scripts/demo
COPY scripts/system scripts/system
COPY scripts/seed.ts scripts/order.ts scripts/
LABEL org.opencontainers.image.title=souk-demo org.opencontainers.image.licenses=Apache-2.0
ENV NODE_ENV=production
USER 1000:1000
ENTRYPOINT ["node"]

# Dumps and restores the databases: `--target backup`.
FROM ${NODE_IMAGE} AS backup
WORKDIR /souk
COPY --from=dependencies /souk/node_modules node_modules
COPY package.json ./
COPY packages/contracts packages/contracts
COPY packages/backup packages/backup
LABEL org.opencontainers.image.title=souk-backup org.opencontainers.image.licenses=Apache-2.0
ENV NODE_ENV=production
USER 1000:1000
ENTRYPOINT ["node", "packages/backup/src/main.ts"]

# For `skaffold dev`: sources that their process may have replaced, and a process that starts again when they are: `--target dev`.
FROM ${NODE_IMAGE} AS dev
WORKDIR /souk
COPY --from=dependencies /souk/node_modules node_modules
COPY package.json ./
COPY packages packages
COPY services services
RUN chown -R 1000:1000 packages services
ENV NODE_ENV=production HOST=0.0.0.0
ARG SERVICE
WORKDIR /souk/services/${SERVICE}
USER 1000:1000
ENTRYPOINT ["node", "--max-old-space-size=256", "--watch", "--watch-preserve-output", "src/main.ts"]

FROM ${NODE_IMAGE} AS service
ARG SERVICE
WORKDIR /souk
COPY --from=dependencies /souk/node_modules node_modules
COPY package.json ./
COPY packages/contracts packages/contracts
COPY packages/offboarding packages/offboarding
COPY packages/personal-data packages/personal-data
COPY packages/reference packages/reference
COPY packages/service-kit packages/service-kit
COPY packages/tracing packages/tracing
COPY services/${SERVICE} services/${SERVICE}
LABEL org.opencontainers.image.title=souk-${SERVICE} org.opencontainers.image.licenses=Apache-2.0
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /souk/services/${SERVICE}
USER 1000:1000
ENTRYPOINT ["node", "--max-old-space-size=256", "src/main.ts"]
