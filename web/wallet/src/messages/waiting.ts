/** What is said about a card that somebody has to decide about first. */
export const waitingEn = {
  title: "A card is on its way",
  lead: "The authority is still looking at it: an officer has to decide. Your card comes into this wallet by itself. You may close the page and open your wallet again later.",
  asked: (when: string) => `Last asked: ${when}`,
  looking: "Asking the authority for your card",
  look: "Look now",
  open: "Open the card",
  giveUp: "Give up",
  giveUpTitle: "Give up this card?",
  giveUpText: "The keys made for it, and what it is asked for with, are deleted from this device. To have the card after all you must enrol again.",
  over: "A card does not come",
  dismiss: "Remove this note",
};

export const waitingJa: typeof waitingEn = {
  title: "カードの発行を待っています",
  lead: "発行機関がまだ確認中です。職員の判断が済むと、カードはこのウォレットに自動で届きます。このページは閉じていただいて構いません。後ほどウォレットを開いてください。",
  asked: (when) => `最後の問い合わせ：${when}`,
  looking: "発行機関にカードを問い合わせています",
  look: "今すぐ確認する",
  open: "カードを開く",
  giveUp: "取りやめる",
  giveUpTitle: "このカードを取りやめますか？",
  giveUpText: "このカードのために作った鍵と、受け取りに必要な情報を、この端末から削除します。カードを受け取るには、登録をやり直す必要があります。",
  over: "カードは届きません",
  dismiss: "このお知らせを消す",
};

export const waitingZhHans: typeof waitingEn = {
  title: "正在等待卡片",
  lead: "发证机构仍在审核，需由工作人员决定。审核通过后，卡片会自动送达此钱包。您可以关闭此页面，稍后再打开钱包。",
  asked: (when) => `上次查询：${when}`,
  looking: "正在向发证机构查询您的卡片",
  look: "立即查询",
  open: "打开卡片",
  giveUp: "放弃",
  giveUpTitle: "要放弃这张卡片吗？",
  giveUpText: "为此卡片生成的密钥和领取所需的信息将从本设备删除。若仍要领取卡片，您需要重新登记。",
  over: "卡片不会送达",
  dismiss: "移除此提示",
};
