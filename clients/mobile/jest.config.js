// Two kinds of tests: the core, which needs nothing of React Native, and the screens.

const shared = {
  modulePaths: ["<rootDir>/node_modules"],
  moduleNameMapper: {
    "^@ion-mentoring/client$": "<rootDir>/../web/src/index.ts",
    "^@page/markdown$": "<rootDir>/../../app/console/core/markdown.js",
  },
};

const compiled = [
  "(jest-)?react-native", "@react-native(-community)?", "expo", "@expo", "@react-navigation", "standard-navigation",
].join("|");

module.exports = {
  projects: [
    {
      ...shared,
      displayName: "core",
      testEnvironment: "node",
      testMatch: ["<rootDir>/test/core/**/*.test.ts"],
      transform: { "\\.[jt]sx?$": "babel-jest" },
    },
    {
      ...shared,
      displayName: "screens",
      preset: "jest-expo",
      testMatch: ["<rootDir>/test/*.test.tsx"],
      transformIgnorePatterns: [`/node_modules/(?!(${compiled}))`],
    },
  ],
};
