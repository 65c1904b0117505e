// A shop with one controller and a service that knows of no request.

import type { RequestLogger } from '@logflume/middleware';
import { LogflumeLoggerService, LogflumeModule, REQUEST_LOGGER } from '@logflume/middleware/nestjs';
import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Logger as NestLogger,
  NotFoundException,
  Param,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'logflume';

@Injectable()
export class OrdersService {
  readonly #log = new NestLogger('Orders');

  async find(order: string): Promise<{ order: string }> {
    this.#log.log('looking up'); // Nest's own logger: its records carry the id and the trace of the request as well.
    await new Promise(setImmediate);
    if (order === '13') throw new RangeError('the shelf is empty');
    if (order === '14') throw new NotFoundException('no such order');
    return { order };
  }
}

@Controller('users/:user/orders')
export class OrdersController {
  constructor(
    @Inject(OrdersService) private readonly orders: OrdersService,
    @Inject(REQUEST_LOGGER) private readonly log: RequestLogger,
  ) {}

  @Get(':order')
  find(@Param('order') order: string): Promise<{ order: string }> {
    this.log.add({ 'order.id': order }); // Onto the record of the request.
    return this.orders.find(order);
  }
}

export async function createApp(log: Logger): Promise<INestApplication> {
  @Module({
    imports: [LogflumeModule.forRoot({ logger: log })], // The one line.
    controllers: [OrdersController],
    providers: [OrdersService],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { bufferLogs: true, forceCloseConnections: true });
  app.useLogger(app.get(LogflumeLoggerService)); // What Nest and every `new Logger()` log.
  return app;
}
