// The contender of the benchmark of crowds: `node bench/people/socketio.mjs PORT REDIS_URL` serves meetings of people
// who listen and chat, with socket.io and its Redis adapter. It keeps who is there in Redis, and messages nowhere.

import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const [port, redisUrl] = process.argv.slice(2);
const publishing = createClient({ url: redisUrl });
const listening = publishing.duplicate();
await Promise.all([publishing.connect(), listening.connect()]);

const server = createServer();
const io = new Server(server, {
  adapter: createAdapter(publishing, listening),
  transports: ["websocket"],
  serveClient: false,
});

io.on("connection", (socket) => {
  let me;
  let room;

  socket.on("join-meeting", async ({ meetingId, displayName, role }, answer) => {
    room = `meeting.${meetingId}`;
    me = {
      participantId: socket.id,
      displayName,
      role,
      joinedAt: new Date().toISOString(),
      permissions: { microphone: true, camera: true, screen: true, chat: true },
      handRaisedAt: null,
    };
    await socket.join(role === "host" ? [room, `${room}.hosts`] : room);
    const [, everybody] = await publishing.multi().hSet(room, socket.id, JSON.stringify(me)).hVals(room).exec();
    socket.to(room).emit("participant-joined", me);
    answer({ participantId: socket.id, role, participants: everybody.map((one) => JSON.parse(one)) });
  });

  socket.on("send-message", ({ messageId, message, recipientType, recipientId }, answer) => {
    const entry = {
      messageId,
      participantId: socket.id,
      displayName: me.displayName,
      mine: false,
      recipientType,
      message,
      sentAt: new Date().toISOString(),
      editedAt: null,
      deletedAt: null,
    };
    const whom = { all: room, host: `${room}.hosts`, private: recipientId }[recipientType];
    socket.to(whom).emit("new-message", entry);
    answer({ ...entry, mine: true });
  });

  socket.on("disconnect", () => {
    if (me === undefined) return;
    publishing.hDel(room, socket.id);
  });
});

server.listen(Number(port), "127.0.0.1", () => console.log(JSON.stringify("ready")));
process.stdin.resume().on("end", () => process.exit());
