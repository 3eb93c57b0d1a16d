/** What browsers that can install pages hand over; not part of the standard library's types. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Installing the wallet on the device, where the browser offers it. */
class Installation {
  #event: InstallEvent | undefined = $state.raw();

  constructor() {
    window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.#event = event as InstallEvent;
    });
  }

  get isOffered(): boolean {
    return this.#event !== undefined;
  }

  async install(): Promise<void> {
    await this.#event?.prompt();
    this.#event = undefined;
  }
}

export const installation = new Installation();
