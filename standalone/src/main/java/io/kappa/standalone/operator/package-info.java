/** What operators ask of a running platform from the command line: calls of its management API. The door is {@code OperatorCommands}. */
@NullMarked
package io.kappa.standalone.operator;

import org.jspecify.annotations.NullMarked;
