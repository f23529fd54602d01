/** Tests of what operators ask for and see, against an API that answers what it was told to. */
@NullMarked
package io.kappa.standalone.operator;

import org.jspecify.annotations.NullMarked;
