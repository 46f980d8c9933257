// Answers questions about mediasoup's own ortc: one JSON line in, one JSON line out, in order.
// {"call": name, "args": [...]} -> {"ok": value} or {"error": class, "message": text}
"use strict";
const path = require("node:path");
const readline = require("node:readline");

const packages = path.resolve(__dirname, "../../../node_modules");
const lib = path.join(packages, "mediasoup/node/lib");
const ortc = require(path.join(lib, "ortc.js"));
const numbers = require(path.join(lib, "utils.js"));
const { supportedRtpCapabilities } = require(path.join(lib, "supportedRtpCapabilities.js"));
const { parseScalabilityMode } = require(path.join(lib, "scalabilityModesUtils.js"));
const h264 = require(path.join(packages, "h264-profile-level-id"));

// Random numbers are 100000000, 200000000, … within each call.
let drawn = 0;
numbers.generateRandomNumber = () => ++drawn * 100000000;

// The first router also completes the tables that later calls use.
ortc.generateRouterRtpCapabilities([]);

const calls = {
  capabilities(capabilities) {
    ortc.validateAndNormalizeRtpCapabilities(capabilities);
    return capabilities;
  },
  parameters(parameters) {
    ortc.validateAndNormalizeRtpParameters(parameters);
    return parameters;
  },
  sctp(parameters) {
    ortc.validateAndNormalizeSctpStreamParameters(parameters);
    return parameters;
  },
  supported: () => supportedRtpCapabilities,
  router: (mediaCodecs) => ortc.generateRouterRtpCapabilities(mediaCodecs),
  mapping(parameters, capabilities) {
    const mapping = ortc.getProducerRtpParametersMapping(parameters, capabilities);
    return { mapping, parameters };
  },
  consumable: (...args) => ortc.getConsumableRtpParameters(...args),
  canConsume: (...args) => ortc.canConsume(...args),
  consumer: (options) => ortc.getConsumerRtpParameters(options),
  pipeConsumer: (options) => ortc.getPipeConsumerRtpParameters(options),
  sameProfile: (one, other) => h264.isSameProfile(one, other),
  answer: (local, offered) => h264.generateProfileLevelIdStringForAnswer(local, offered) ?? null,
  scalabilityMode: (mode) => parseScalabilityMode(mode),
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { call, args } = JSON.parse(line);
  drawn = 0;
  let answer;
  try {
    answer = { ok: calls[call](...args) };
  } catch (error) {
    answer = { error: error.name, message: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
