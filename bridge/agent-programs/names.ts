import { controllers, offered, withCommands, withNativeInput } from './index.ts';

/** The catalogue by name alone: the bundle holds what comes out here, and the catalogue is not loaded for it (scripts/bundle.mjs). */
export { processNames } from './index.ts';

const namesOf = (programs: typeof offered): readonly string[] => programs.map(({ name }) => name);

export const offeredNames = namesOf(offered);
export const controllerNames = namesOf(controllers);
export const rememberingNames = namesOf(controllers.filter(({ controller }) => controller.remembers));
export const commandsNames = namesOf(withCommands);
export const nativeInputNames = namesOf(withNativeInput);
