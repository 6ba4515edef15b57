// Metro reads the client's core from clients/web, and the page's Markdown from app/console.
const path = require("node:path");
const fs = require("node:fs");
const { getDefaultConfig } = require("expo/metro-config");

const root = __dirname;
const client = path.resolve(root, "../web/src");
const page = path.resolve(root, "../../app/console/core");
const alias = {
  "@ion-mentoring/client": path.join(client, "index.ts"),
  "@page/markdown": path.join(page, "markdown.js"),
};

const config = getDefaultConfig(root);
config.watchFolders = [client, page];
config.resolver.nodeModulesPaths = [path.join(root, "node_modules")];
config.resolver.resolveRequest = (context, name, platform) => {
  const known = alias[name];
  if (known) return { type: "sourceFile", filePath: known };
  // the client's modules name each other as they are called once compiled
  if (name.startsWith(".") && name.endsWith(".js") && context.originModulePath.startsWith(client)) {
    const source = path.resolve(path.dirname(context.originModulePath), name.replace(/\.js$/, ".ts"));
    if (fs.existsSync(source)) return { type: "sourceFile", filePath: source };
  }
  return context.resolveRequest(context, name, platform);
};

module.exports = config;
