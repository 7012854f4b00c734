// <room-sound>: two short tones when a minute is left, one when the time is up; off until somebody wants it, on this
// device. What sounds is also seen (the clock turns to sun) and said (role=status): the sound is never the only sign.
const KEPT = "room-sound";

class RoomSound extends HTMLElement {
  #audio = null;

  connectedCallback() {
    this.button.hidden = false;
    this.button.addEventListener("click", this);
    document.addEventListener("time-signal", this);
    this.#show();
  }

  disconnectedCallback() {
    document.removeEventListener("time-signal", this);
  }

  get button() {
    return this.querySelector("button");
  }

  get #on() {
    return localStorage.getItem(KEPT) === "on";
  }

  handleEvent({ type, detail }) {
    if (type === "time-signal") this.#play(detail === "minute" ? [0, 0.25] : [0]);
    else {
      localStorage.setItem(KEPT, this.#on ? "off" : "on");
      this.#show();
      this.#play([0]); // so that one knows what it will sound like, and the browser allows it from now on
    }
  }

  #show() {
    this.button.setAttribute("aria-pressed", this.#on);
  }

  #play(starts) {
    if (!this.#on) return;
    this.#audio ||= new AudioContext();
    for (const start of starts) {
      const [tone, volume, at] = [this.#audio.createOscillator(), this.#audio.createGain(), this.#audio.currentTime + start];
      tone.frequency.value = 660;
      volume.gain.setValueAtTime(0.15, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
      tone.connect(volume).connect(this.#audio.destination);
      tone.start(at);
      tone.stop(at + 0.2);
    }
  }
}

customElements.define("room-sound", RoomSound);
