@NullMarked
package io.kappa.deadletters.index;

import org.jspecify.annotations.NullMarked;
