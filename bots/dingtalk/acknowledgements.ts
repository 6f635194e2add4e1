import { replyForm } from './forms.ts';
import { draftAfter, isFormCard, placeField } from './names.ts';
import { type CardAct, localeIn, placeIn } from './payloads.ts';
import { replyIn } from './to-events.ts';

/**
 * What the acknowledgement of an act does to the card, for whoever acted alone: a form that was submitted is closed; where a reply was written the box is empty again, under
 * the next draft's name. https://open.dingtalk.com/document/orgapp/event-callback-card (2026-11-28): within 2 s.
 */
export function answerToCard(act: CardAct): object {
  if (!act.form) return {};
  if (isFormCard(act.outTrackId)) {
    return {
      cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
      cardData: { cardParamMap: { has_form: 'false' } },
      userPrivateData: { cardParamMap: { form_status: 'disabled' } },
    };
  }
  const reply = replyIn(act);
  if (!reply) return {};
  const place = placeIn(act.form[placeField]);
  const form = replyForm(localeIn(place), place, draftAfter(reply.id));
  return {
    cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
    userPrivateData: { cardParamMap: { form: JSON.stringify(form) } },
  };
}
