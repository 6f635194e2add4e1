/** A red lamp, where a white one was ordered: a PNG of 96 pixels square, in base64. */
export const picture = [
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAABgAgMAAACf9p+rAAAADFBMVEXs59/ZUj86NTOcelvaMNGbAAAAjUlEQVR42u3Tuw2AMAxFUVy4oWcfRkjh7MM4iCVB',
  '4hfb0VPcIFHklT7NLZJh6PvlOJ+TOEwX5Djc9zxHgR5IUeAHBERVWRDeu89CQAVSDLiAxKDUul51t1kISEOKAGuQCOha0wvB3FUvWUhtYAvSBhulsiC4e+lF',
  'QB78+x1X8D87dPgzbPeWD2AH61DtADmQ18QaYfCMAAAAAElFTkSuQmCC',
].join('');
