/** Text in columns, for people. The door is {@code Table}. */
@NullMarked
package io.kappa.standalone.table;

import org.jspecify.annotations.NullMarked;
