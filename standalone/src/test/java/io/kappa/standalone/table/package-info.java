/** Tests of text in columns. */
@NullMarked
package io.kappa.standalone.table;

import org.jspecify.annotations.NullMarked;
