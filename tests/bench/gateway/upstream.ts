// The service that costs next to nothing, asked directly.
import { createServer } from 'node:http';
import { serveBench } from './process.ts';
import { answerAtOnce } from './stand-in.ts';

serveBench(createServer(answerAtOnce));
