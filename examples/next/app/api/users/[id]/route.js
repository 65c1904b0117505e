import { access } from '../../../../access.js';
import { findUser } from '../../../../find-user.js';

export const GET = access.wrap(
  /**
   * @param {Request} _request
   * @param {{ params: Promise<{ id: string }> }} context
   */
  async (_request, { params }) => Response.json(await findUser((await params).id)),
  { route: '/api/users/:id' },
);
