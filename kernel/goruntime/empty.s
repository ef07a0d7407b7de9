// This file lets the compiler accept functions without a body on every
// processor.
