// Captions of a sound: browsers have no room for them there, so they stand below the player while it plays.
// Without scripts the transcript is read beside it; a film shows its captions itself.

export function showCaptions(player) {
  const [track] = player.textTracks;
  if (!track || player.nextElementSibling?.matches(".cue")) return;
  const line = document.createElement("p");
  line.className = "cue";
  line.lang = track.language;
  line.dir = "auto";
  player.after(line);
  const show = () => (line.textContent = [...(track.activeCues ?? [])].map((cue) => cue.getCueAsHTML().textContent).join(" "));
  track.mode = "hidden"; // read along by us, drawn by nobody else
  track.addEventListener("cuechange", show);
  show();
}
