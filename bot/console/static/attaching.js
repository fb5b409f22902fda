// PDFs of an article's draft: uploaded when chosen, named in the form, saved with it.
"use strict";

{
  const place = document.querySelector("[data-attaching]");
  const rules = place && JSON.parse(place.dataset.attaching);
  const field = place?.querySelector("[name=attachments]");
  const chooser = place?.querySelector("[type=file]");
  const button = place?.querySelector("[data-attaches]");

  const lines = () => field.value.split("\n").filter(Boolean);

  // A file of a name that is there already takes its place.
  const put = (name, line) => {
    const others = lines().filter((one) => !one.startsWith(`${name} `));
    field.value = [...others, ...line].join("\n");
    tellRoom();
    field.form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const tellRoom = () => (button.hidden = lines().length >= rules.most);

  const refuseFile = (sentence, file) =>
    tellRefusal(place.querySelector("[data-refusal]"), sentence.replace("{name}", () => file.name));

  const upload = async (file) => {
    if (file.size > rules.largest) return refuseFile(rules.size, file);
    const data = new FormData();
    data.set("files", file);
    try {
      const answer = await post("/console/attachments", data);
      const { name, sha256, refused, goto } = await answer.json();
      if (goto) return location.assign(goto);
      refuseFile(refused || "", file);
      if (name) put(name, [`${name} ${sha256}`]);
    } catch {
      refuseFile(rules.away, file);
    }
  };

  const choose = async () => {
    const [file] = chooser.files;
    if (!file) return;
    const waiting = place.querySelector("[data-uploading]");
    button.disabled = true;
    waiting.hidden = false;
    await upload(file);
    waiting.hidden = true;
    button.disabled = false;
    chooser.value = ""; // so that the same file can be chosen again
    button.focus();
  };

  if (place) {
    button.addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", choose);
    place.addEventListener("click", (event) => {
      const removes = event.target.closest("[data-detaches]");
      if (!removes) return;
      put(removes.dataset.detaches, []);
      removes.closest("li").remove();
      button.focus();
    });
    tellRoom();
  }
}
