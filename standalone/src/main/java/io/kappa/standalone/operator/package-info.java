/**
 * What operators ask of a running platform from the command line: calls of its management API. The doors are {@code OperatorCommands}, and
 * {@code ManagementClient} for the demo, which does as operators do.
 */
@NullMarked
package io.kappa.standalone.operator;

import org.jspecify.annotations.NullMarked;
