@NullMarked
package io.kappa.deadletters;

import org.jspecify.annotations.NullMarked;
