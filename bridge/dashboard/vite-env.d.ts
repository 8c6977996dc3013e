/** What the build takes out of a module that imports it. */
declare module '*.css';
