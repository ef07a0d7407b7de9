package check

// oldMark ends the name under which a cell sees a session variable that it
// declares again.
const oldMark = "·old"
