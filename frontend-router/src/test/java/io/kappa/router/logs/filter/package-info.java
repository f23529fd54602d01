@NullMarked
package io.kappa.router.logs.filter;

import org.jspecify.annotations.NullMarked;
