/**
 * Kubernetes leaves `$(NAME)` standing in a container's variable when NAME is not defined before it. Such a value was
 * never meant to be used.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function isUnexpanded(value: string): boolean {
  return /\$\([A-Za-z_][A-Za-z0-9_.-]*\)/.test(value);
}
