/**
 * What the server tells about live media: the link's verbs `tree`, `load-history` and `trace`, with names.
 *
 * Bitrates are bits a second, times milliseconds, losses shares from 0 to 1; null is "not known (yet)".
 *
 * @typedef {object} Stream
 * @property {string} id
 * @property {"audio" | "video"} kind
 * @property {string | null} source
 * @property {string | null} participant   Whose it is: of a consumer, who sends it.
 * @property {string} type
 * @property {string} codec
 * @property {boolean} paused
 * @property {number | null} bitrate
 * @property {number | null} loss
 * @property {number | null} rtt
 *
 * @typedef {Stream & {spatialLayers: number, temporalLayers: number, score: number[], held: boolean, bitrateByLayer: Record<string, number>}} Producer
 *
 * @typedef {{spatialLayer: number, temporalLayer?: number}} Layers
 * @typedef {Stream & {producerId: string, layers: Layers | null, preferredLayers: Layers | null, score: number, producerScore: number, producerPaused: boolean, priority: number}} Consumer
 *
 * @typedef {{protocol: string, localAddress: string, localPort: number, remoteIp?: string, remotePort: number}} Tuple
 *
 * @typedef {object} Transport
 * @property {string} id
 * @property {string} type
 * @property {string | null} participant
 * @property {"send" | "recv" | null} direction
 * @property {string | null} iceState
 * @property {string | null} dtlsState
 * @property {Tuple | null} tuple
 * @property {number | null} bitrateIn
 * @property {number | null} bitrateOut
 * @property {number | null} lossIn
 * @property {number | null} lossOut
 * @property {number | null} availableOut
 * @property {number | null} capIn
 * @property {number | null} capOut
 * @property {number | null} rtt
 * @property {number} producerCount
 * @property {number} consumerCount
 * @property {Producer[]} [producers]
 * @property {Consumer[]} [consumers]
 *
 * @typedef {{id: string, meeting: string | null, transports: Transport[]}} Router
 *
 * @typedef {object} Worker
 * @property {number} index
 * @property {boolean} leaving  It has a successor of the same index.
 * @property {number | null} pid
 * @property {string} state
 * @property {string} trouble
 * @property {number | null} port
 * @property {number | null} cpu
 * @property {number | null} memoryBytes
 * @property {number | null} load
 * @property {number | null} uptimeSeconds
 * @property {number} restarts
 * @property {number | null} bitrateIn
 * @property {number | null} bitrateOut
 * @property {Router[]} routers
 *
 * @typedef {{node: string, host: string, pid: number, state?: string, workers: Worker[]}} Node
 * @typedef {{node: string, cause: string}} Silence
 * @typedef {[text: string, url: string]} Name
 *
 * @typedef {object} Snapshot
 * @property {number} at
 * @property {Node[]} nodes
 * @property {Silence[]} silent
 * @property {Record<string, Name>} meetings
 * @property {Record<string, Name>} people
 *
 * @typedef {"node" | "worker" | "router" | "transport" | "producer" | "consumer"} Kind
 * @typedef {{name: string, label: string, harm: boolean}} Act
 *
 * @typedef {object} Series
 * @property {number} index
 * @property {number | null} pid
 * @property {string} state
 * @property {number[]} at
 * @property {(number | null)[]} cpu
 * @property {(number | null)[]} memoryBytes
 * @property {(number | null)[]} consumers
 * @property {(number | null)[]} bitrateIn
 * @property {(number | null)[]} bitrateOut
 */
export {};
