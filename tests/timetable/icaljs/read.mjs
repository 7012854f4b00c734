// Reads calendar files with ical.js 2.2.1 (vendor/, MPL-2.0), an implementation that knows nothing of ours.
// In: a JSON list of files. Out: per file the method and the entries; times from the zones inside the file alone.
import ICAL from "./vendor/ical.min.js";

let text = "";
for await (const piece of process.stdin) text += piece;

function entry(component) {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    summary: event.summary,
    status: component.getFirstPropertyValue("status"),
    start: event.startDate.toUnixTime(),
    end: event.endDate.toUnixTime(),
    face: [event.startDate.hour, event.startDate.minute],
    attendees: event.attendees.map((each) => each.getFirstValue()),
  };
}

function read(file) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(file));
  for (const rules of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(rules);
  return {
    method: calendar.getFirstPropertyValue("method"),
    entries: calendar.getAllSubcomponents("vevent").map(entry),
  };
}

process.stdout.write(JSON.stringify(JSON.parse(text).map(read)));
