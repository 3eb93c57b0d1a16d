// Runs the package's models in TensorFlow.js itself and prints what the converted ones must agree with (see README.md).
import fs from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';

const folder = 'node_modules/@vladmandic/human/models/';
const cases = {
  blazeface: { size: 256, low: -1, high: 1, outputs: ['Identity', 'Identity_2', 'Identity_1', 'Identity_3'] },
  facemesh: { size: 192, low: 0, high: 1, outputs: ['Identity_2', 'Identity_1', 'Identity'] },
  faceres: { size: 224, low: 0, high: 255, outputs: ['global_pooling/Mean'] },
};

/** One pseudo-random byte per value, the same in every language. */
const byte = (index) => Math.imul(index, 2654435761) >>> 24;

async function run(stem, { size, low, high, outputs }) {
  const description = JSON.parse(fs.readFileSync(`${folder}${stem}.json`, 'utf8'));
  const weights = fs.readFileSync(`${folder}${stem}.bin`);
  const model = await loadGraphModel({
    load: async () => ({
      modelTopology: description.modelTopology,
      weightSpecs: description.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(weights).buffer,
    }),
  });
  const values = Float32Array.from({ length: size * size * 3 }, (_, index) => low + ((high - low) * byte(index)) / 255);
  const results = model.execute(tf.tensor4d(values, [1, size, size, 3]), outputs);
  return [results].flat().map((tensor) => {
    const data = Array.from(tensor.dataSync());
    return {
      shape: tensor.shape,
      first: data.slice(0, 16),
      sum: data.reduce((sum, value) => sum + value, 0),
      norm: Math.sqrt(data.reduce((sum, value) => sum + value * value, 0)),
    };
  });
}

const golden = {};
for (const [stem, settings] of Object.entries(cases)) {
  golden[stem] = { size: settings.size, low: settings.low, high: settings.high, outputs: await run(stem, settings) };
}
process.stdout.write(`${JSON.stringify(golden, null, 1)}\n`);
