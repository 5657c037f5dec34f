"use strict";
(function () {
  var table = document.getElementById("groups");
  if (!table || !table.tBodies.length) return;
  var body = table.tBodies[0];
  var controls = document.getElementById("controls");
  var count = document.getElementById("count");
  var filter = document.getElementById("filter");
  var rows = Array.prototype.slice.call(body.rows);
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
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var was = head.getAttribute("aria-sort");
      var descending = was ? was === "ascending" : column !== 0 && !head.classList.contains("left");
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
        other.removeAttribute("aria-sort");
      });
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
  Array.prototype.forEach.call(document.getElementsByName("m"), function (input) {
    input.addEventListener("change", function () { say(shown()); });
  });
  controls.hidden = false;
  say(shown());
})();
