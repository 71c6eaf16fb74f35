// Runs ONNX models: reads [{model, feeds: {name: {dims, data}}}] from standard
// input and prints [{outputs: {name: {dims, data}}}].
'use strict';
const ort = require('onnxruntime-node');

async function main() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const results = [];
  for (const { model, feeds } of JSON.parse(text)) {
    const session = await ort.InferenceSession.create(model);
    const inputs = {};
    for (const [name, { dims, data }] of Object.entries(feeds)) {
      inputs[name] = new ort.Tensor('float32', Float32Array.from(data), dims);
    }
    const outputs = {};
    for (const [name, t] of Object.entries(await session.run(inputs))) {
      outputs[name] = { dims: t.dims, data: Array.from(t.data) };
    }
    results.push(outputs);
  }
  console.log(JSON.stringify(results));
}

main().catch((err) => { console.error(err); process.exit(1); });
