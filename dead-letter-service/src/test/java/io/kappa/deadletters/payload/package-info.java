@NullMarked
package io.kappa.deadletters.payload;

import org.jspecify.annotations.NullMarked;
