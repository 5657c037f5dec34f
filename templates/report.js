"use strict";
Array.prototype.forEach.call(document.querySelectorAll("table.groups"), function (table) {
  var list = function (of) { return Array.prototype.slice.call(of); };
  var body = table.tBodies[table.tBodies.length - 1];
  var section = table.closest("section");
  var controls = section.querySelector(".controls");
  var count = section.querySelector("[role=status]");
  var filter = section.querySelector("input[type=search]");
  var rows = list(body.rows);
  var heads = list(table.tHead.rows[0].cells);
  // Rows of a media type are shown while its switch is on.
  function of(row) {
    var of = row.className.replace("of-", "m-");
    var input = document.getElementById(of);
    return !input || input.checked;
  }
  function say(text) { count.textContent = text; }
  function shown() {
    var here = rows.filter(of);
    var total = here.length;
    var number = here.filter(function (row) { return !row.hidden; }).length;
    var noun = total === 1 ? " row" : " rows";
    return (number === total ? "" : number + " of ") + total + noun;
  }
  function key(row, column) {
    var cell = row.cells[column];
    if (column === 0 || cell.classList.contains("left")) return cell.textContent.toLowerCase();
    var value = cell.getAttribute("data-v");
    return value === null ? null : Number(value);
  }
  function sort(column, descending) {
    var keyed = rows.map(function (row, index) { return [key(row, column), index, row]; });
    keyed.sort(function (a, b) {
      if (a[0] === null || b[0] === null) {
        return a[0] === b[0] ? a[1] - b[1] : a[0] === null ? 1 : -1;
      }
      var order = a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
      return (descending ? -order : order) || a[1] - b[1];
    });
    keyed.forEach(function (entry) { body.appendChild(entry[2]); });
  }
  heads.forEach(function (head, column) {
    if (head.className === "bars") return;
    // A real button is missing where a printed page repeats the heads.
    var button = document.createElement("span");
    button.className = "sort";
    button.tabIndex = 0;
    button.setAttribute("role", "button");
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
    button.addEventListener("click", function () {
      var was = head.getAttribute("aria-sort");
      var descending = was ? was === "ascending" : column !== 0 && !head.classList.contains("left");
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sort(column, descending);
      say(shown() + ", sorted by " + button.textContent);
    });
  });
  filter.addEventListener("input", function () {
    var words = filter.value.toLowerCase().split(/\s+/);
    rows.forEach(function (row) {
      var name = row.cells[0].textContent.toLowerCase();
      for (var at = 1; row.cells[at] && row.cells[at].classList.contains("left"); at++) {
        name += " " + row.cells[at].textContent.toLowerCase();
      }
      row.hidden = !words.every(function (word) { return name.indexOf(word) >= 0; });
    });
    say(shown());
  });
  list(document.getElementsByName("m")).forEach(function (input) {
    input.addEventListener("change", function () { say(shown()); });
  });
  controls.hidden = false;
  say(shown());
});
