// What is nicer with a script. The pages work without it.
"use strict";
(() => {
	// How far a job is, as it goes; then its page.
	const progress = document.getElementById("progress");
	if (progress && window.EventSource) {
		const events = new EventSource(progress.dataset.events);
		events.addEventListener("progress", (e) => { if (e.data) progress.textContent = e.data; });
		const then = () => { events.close(); location.replace(progress.dataset.then); };
		events.addEventListener("ended", then);
		events.addEventListener("error", () => { events.close(); setTimeout(then, 2000); });
	}

	// A choice shows at once what it leaves.
	for (const form of document.querySelectorAll("form.filters")) {
		form.addEventListener("change", (e) => { if (e.target.tagName === "SELECT") form.requestSubmit(); });
		form.addEventListener("submit", () => {
			for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
		});
	}

	// The key / goes to what is searched by.
	document.addEventListener("keydown", (e) => {
		const search = document.querySelector("input[type=search]");
		const writing = /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);
		if (e.key === "/" && !writing && !e.ctrlKey && !e.metaKey && !e.altKey && search) {
			e.preventDefault();
			search.focus();
			search.select();
		}
	});

	// All records that are shown can be ticked at once.
	const ticks = [...document.querySelectorAll("input[name=record]")];
	const every = document.getElementById("tick-all");
	if (every && ticks.length > 1) {
		every.hidden = false;
		every.addEventListener("click", () => {
			const on = ticks.some((t) => !t.checked);
			for (const t of ticks) t.checked = on;
		});
	}

	// What is dropped anywhere on the first page is checked. A folder is walked.
	const forms = document.querySelectorAll("form.upload");
	if (forms.length === 0) return;
	const say = (form, text) => {
		const line = form.querySelector(".sent");
		line.hidden = false;
		line.textContent = text;
	};
	const send = (form, files) => {
		const body = new FormData();
		body.append("scheme", form.elements.scheme.value);
		body.append("as_of", form.elements.as_of.value);
		if (form.elements.test_numbers.checked) body.append("test_numbers", "1");
		for (const f of files) body.append("files", f.file, f.path);
		const ask = new XMLHttpRequest();
		ask.open("POST", form.action);
		ask.responseType = "document";
		ask.upload.addEventListener("progress", (e) => {
			if (e.lengthComputable) say(form, "Taking a copy: " + Math.floor(100 * e.loaded / e.total) + " %");
		});
		ask.addEventListener("load", () => {
			if (ask.status < 300) { location.assign(ask.responseURL); return; }
			const said = ask.responseXML && ask.responseXML.querySelector("main .lead");
			say(form, said ? said.textContent : "That did not work. Try again.");
		});
		ask.addEventListener("error", () => say(form, "The files did not arrive whole. Try again. If paperlight was stopped, start it again."));
		say(form, "Taking a copy.");
		ask.send(body);
	};
	const all = (reader) => new Promise((done, failed) => {
		const found = [];
		const more = () => reader.readEntries((some) => {
			if (some.length === 0) { done(found); return; }
			found.push(...some);
			more();
		}, failed);
		more();
	});
	const walk = async (entry, under, files) => {
		if (entry.isFile) {
			const file = await new Promise((done, failed) => entry.file(done, failed));
			files.push({ file, path: under + entry.name });
			return;
		}
		for (const inside of await all(entry.createReader())) await walk(inside, under + entry.name + "/", files);
	};
	document.addEventListener("dragover", (e) => { e.preventDefault(); document.body.classList.add("over"); });
	document.addEventListener("dragleave", (e) => { if (!e.relatedTarget) document.body.classList.remove("over"); });
	document.addEventListener("drop", async (e) => {
		e.preventDefault();
		document.body.classList.remove("over");
		const form = document.querySelector("form.upload"), files = [];
		const entries = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry && i.webkitGetAsEntry()).filter(Boolean);
		try {
			for (const entry of entries) await walk(entry, "", files);
		} catch {
			say(form, "What you dropped cannot be read. Choose it with the button.");
			return;
		}
		if (files.length > 0) send(form, files);
		else say(form, "There is no file in what you dropped.");
	});
	for (const form of forms) {
		form.addEventListener("submit", (e) => {
			e.preventDefault();
			const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
			if (files.length === 0) say(form, "Choose a zip, files or a folder first.");
			else send(form, files.map((file) => ({ file, path: file.webkitRelativePath || file.name })));
		});
	}
})();
