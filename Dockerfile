# Crier as a server (docs/one-machine.md). Each of the base's architectures: docker buildx build --platform linux/amd64,linux/arm64 .
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json LICENSE README.md CHANGELOG.md ./
COPY create create
COPY examples examples
COPY functions functions
COPY infra infra
COPY scripts scripts
COPY src src
RUN node scripts/build-package.ts /package && npm pack --pack-destination /package /package/crier-feeds

FROM node:24-slim
ENV NODE_ENV=production NODE_COMPILE_CACHE=/data/.cache
COPY --from=build /package/*.tgz /package/
# At the root, so that /site/crier.config.ts finds it.
RUN npm install --prefix / --ignore-scripts --no-audit --no-fund "crier@file:$(ls /package/*.tgz)" && npm cache clean --force \
  && install -d -m 700 -o node -g node /data

USER node
WORKDIR /site
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4000/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--max-old-space-size=1024", "/node_modules/crier/dist/main.js", "--data", "/data", "--host", "0.0.0.0"]
