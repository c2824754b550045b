# The harness and the reference server in one image: whatever `doorbuster` does, as a user who is not root.
#
#   docker build --tag doorbuster .
#   docker run --rm doorbuster run smoke --strategy atomic-update
#   docker run --rm --publish 127.0.0.1:3000:3000 doorbuster serve --strategy atomic-update --host 0.0.0.0 --port 3000
#
# Nothing here needs BuildKit, nor an install script of a package. BASE_IMAGE is any image with Node and a glibc.
ARG BASE_IMAGE=node:24.21.0-bookworm-slim
# The same with npm, where they are not one.
ARG BUILD_IMAGE=${BASE_IMAGE}

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier
COPY . .
RUN node_modules/.bin/tsc -p tsconfig.build.json \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier \
  && mkdir -p /image/app /image/work/results /image/sale \
  && mv bin dist node_modules package.json scenarios schemas LICENSE /image/app \
  && chown -R 1000:1000 /image/work /image/sale

FROM ${BASE_IMAGE}
# /app is the program; /work the folder that it is called in, with results/; /sale is for the descriptor of a sale.
COPY --from=build /image /
ENV NODE_ENV=production DOORBUSTER_SKIP_SET_UP=1
WORKDIR /work
USER 1000:1000
ENTRYPOINT ["node", "/app/bin/doorbuster.js"]
CMD ["--help"]
# Of a container that serves on this port; any other ends by itself.
HEALTHCHECK --interval=1s --timeout=3s --start-period=10s --retries=60 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
