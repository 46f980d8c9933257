// One of everything, made with mediasoup's own Node API, and what that API says about it, as JSON on the output.
// The input is {workerBin, mediaCodecs, listenInfo, audio, video, packets: [[producer, base64]…]}.
'use strict';

const mediasoup = require('mediasoup');

async function until(condition) {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`not in time: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function scene({ workerBin, mediaCodecs, listenInfo, audio, video, packets }) {
  const worker = await mediasoup.createWorker({ workerBin, disableLiburing: true });
  const server = await worker.createWebRtcServer({ listenInfos: [listenInfo, { ...listenInfo, protocol: 'tcp' }] });
  const router = await worker.createRouter({ mediaCodecs });
  const webrtc = await router.createWebRtcTransport({ webRtcServer: server, enableSctp: true });
  const plain = await router.createPlainTransport({
    listenInfo, rtcpListenInfo: listenInfo, enableSctp: true, enableSrtp: true,
  });
  const pipe = await router.createPipeTransport({ listenInfo, enableSctp: true, enableRtx: true, enableSrtp: true });
  const direct = await router.createDirectTransport();
  await direct.enableTraceEvent(['probation', 'bwe']);

  const producers = {
    audio: await direct.produce({ kind: 'audio', rtpParameters: audio }),
    video: await direct.produce({ kind: 'video', rtpParameters: video }),
  };
  const rtpCapabilities = router.rtpCapabilities;
  const consumers = {
    audio: await direct.consume({ producerId: producers.audio.id, rtpCapabilities }),
    video: await direct.consume({
      producerId: producers.video.id, rtpCapabilities, preferredLayers: { spatialLayer: 1, temporalLayer: 1 },
    }),
    allStreams: await direct.consume({ producerId: producers.video.id, rtpCapabilities, pipe: true }),
    piped: await pipe.consume({ producerId: producers.video.id }),
  };
  const dataProducers = {
    direct: await direct.produceData({ label: 'chat', protocol: 'text' }),
    sctp: await plain.produceData({ sctpStreamParameters: { streamId: 3, ordered: false, maxRetransmits: 2 } }),
  };
  const dataConsumers = {
    direct: await direct.consumeData({ dataProducerId: dataProducers.sctp.id, subchannels: [1, 2] }),
    sctp: await plain.consumeData({ dataProducerId: dataProducers.sctp.id }),
    ordered: await webrtc.consumeData({ dataProducerId: dataProducers.direct.id }),
  };
  const speaker = await router.createActiveSpeakerObserver();
  await speaker.addProducer({ producerId: producers.audio.id });

  const events = {};
  const note = (name, emitter, event) => emitter.on(event, (data) => { (events[`${name} ${event}`] ??= []).push(data); });
  for (const [name, producer] of Object.entries(producers)) {
    await producer.enableTraceEvent(['rtp', 'keyframe', 'nack', 'pli', 'fir', 'sr']);
    note(`${name} producer`, producer, 'trace');
    note(`${name} producer`, producer, 'score');
  }
  for (const [name, consumer] of Object.entries(consumers)) {
    await consumer.enableTraceEvent(['rtp', 'keyframe', 'nack', 'pli', 'fir']);
    note(`${name} consumer`, consumer, 'trace');
    note(`${name} consumer`, consumer, 'score');
    note(`${name} consumer`, consumer, 'layerschange');
  }
  for (const [name, base64] of packets) {
    const packet = Buffer.from(base64, 'base64');
    if (name === 'rtcp') {
      direct.sendRtcp(packet);
    } else {
      producers[name].send(packet);
    }
  }
  await until(() => events['audio consumer trace'] && events['video consumer trace'] && events['allStreams consumer trace']);

  const answers = { events };
  const transports = { webrtc, plain, pipe, direct };
  for (const [name, transport] of Object.entries(transports)) {
    answers[`${name} dump`] = await transport.dump();
    answers[`${name} stats`] = await transport.getStats();
  }
  for (const [kind, objects] of Object.entries({ producers, consumers, dataProducers, dataConsumers })) {
    for (const [name, one] of Object.entries(objects)) {
      answers[`${kind}.${name} dump`] = await one.dump();
      answers[`${kind}.${name} stats`] = await one.getStats();
    }
  }
  answers['router dump'] = await router.dump();
  answers['worker dump'] = await worker.dump();
  answers['server dump'] = await server.dump();
  answers['restart ice'] = await webrtc.restartIce();
  const pick = (object, ...names) => Object.fromEntries(names.map((name) => [name, object[name]]));
  answers['webrtc attributes'] = pick(
    webrtc, 'type', 'iceRole', 'iceParameters', 'iceCandidates', 'iceState', 'iceSelectedTuple', 'dtlsParameters',
    'dtlsState', 'dtlsRemoteCert', 'sctpParameters', 'sctpState', 'sctpNegotiatedCapabilities');
  answers['plain attributes'] = pick(plain, 'type', 'tuple', 'rtcpTuple', 'sctpParameters', 'sctpState', 'srtpParameters');
  answers['pipe attributes'] = pick(pipe, 'type', 'tuple', 'sctpParameters', 'sctpState', 'srtpParameters');
  for (const [name, producer] of Object.entries(producers)) {
    answers[`producers.${name} attributes`] = pick(
      producer, 'kind', 'type', 'paused', 'rtpParameters', 'consumableRtpParameters', 'score');
  }
  for (const [name, consumer] of Object.entries(consumers)) {
    answers[`consumers.${name} attributes`] = pick(
      consumer, 'kind', 'type', 'paused', 'producerPaused', 'priority', 'rtpParameters', 'score', 'preferredLayers',
      'currentLayers');
  }
  for (const [name, one] of Object.entries(dataConsumers)) {
    answers[`dataConsumers.${name} attributes`] = pick(
      one, 'type', 'label', 'protocol', 'paused', 'dataProducerPaused', 'subchannels', 'sctpStreamParameters');
  }
  worker.close();
  return answers;
}

let input = '';
process.stdin.on('data', (data) => { input += data; });
process.stdin.on('end', async () => {
  const answers = await scene(JSON.parse(input));
  const json = JSON.stringify(answers, (key, value) => (typeof value === 'bigint' ? Number(value) : value));
  process.stdout.write(json, () => process.exit(0));
});
