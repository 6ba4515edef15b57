module.exports = (api) => {
  api.cache(true);
  return {
    presets: ["babel-preset-expo"],
    // the preset's own way of spreading objects reads getters once, and keeps what they said
    plugins: [["@babel/plugin-transform-object-rest-spread", { loose: false, useBuiltIns: false }]],
    overrides: [
      // fields that are only declared, as the client has them; Metro asks without a file, too
      { test: (file) => Boolean(file?.endsWith(".ts")), plugins: [["@babel/plugin-transform-typescript", { allowDeclareFields: true }]] },
    ],
  };
};
