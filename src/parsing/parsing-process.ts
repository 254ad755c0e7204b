import { answerRequest, serveRequests } from "./parsers-in-process.ts";

serveRequests(answerRequest);
