# One image for the API and the worker; compose and orchestrators choose by command.
# Node 24 gets fixes until April 2028. The digest is that of the tag, for all platforms; docs/run/installation.md says how to renew it.
ARG NODE_IMAGE=node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The package as users install it, and the versions of the lockfile besides.
RUN npm pack --pack-destination /tmp
WORKDIR /app
RUN tar -xzf /tmp/drover-*.tgz --strip-components=1 && cp /src/package-lock.json . && npm ci --omit=dev

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps
WORKDIR /app
COPY --from=build /app .
# The uid that the base image calls `node`, by number, so that orchestrators can see it is not root.
USER 1000:1000
EXPOSE 8800
CMD ["node", "dist/api/main.js"]
