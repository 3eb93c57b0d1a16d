import { messages, type Catalogue } from "@mibun/ui";

/** What is said about passkeys. */
const en = {
  title: "Unlock with a passkey",
  lead: "Your fingerprint, your face or the PIN of this device instead of the eight digits, wherever the ID password itself is not asked for.",
  add: "Add a passkey",
  replace: "Set a new passkey",
  later: "Not now",
  isSet: "This device has a passkey.",
  enter: "To add it, first enter your ID password.",
  make: "Make the passkey",
  makeText: "Your browser now asks for fingerprint, face or PIN twice: once to make the passkey, and once to try it.",
  label: "Full card",
  doneTitle: "The passkey was added",
  doneText: "It belongs to this device. For what is important, such as opening a bank account, the ID password is still asked for.",
  confirming: "Confirm it with your passkey",
  instead: "Use the ID password instead",
  again: "Was it removed from this device?",
  scene: "This use asks for the ID password; a passkey is not enough.",
  lost: "The passkey of this device is no longer accepted. Use the ID password this time.",
  several: "A passkey confirms one card at a time. The ID password confirms all of them at once.",
  lostOffer: "Your passkey was no longer accepted. You can set a new one.",
};

const ja: typeof en = {
  title: "パスキーで確認する",
  lead: "IDパスワードが必要な手続きを除き、8桁の数字の代わりに、指紋、顔、またはこの端末のPINで確認できます。",
  add: "パスキーを追加する",
  replace: "新しいパスキーを登録する",
  later: "あとで",
  isSet: "この端末にはパスキーがあります。",
  enter: "追加するには、まずIDパスワードを入力してください。",
  make: "パスキーを作成する",
  makeText: "ブラウザーが指紋、顔、またはPINを2回求めます。1回目は作成、2回目は確認のためです。",
  label: "フルカード",
  doneTitle: "パスキーを追加しました",
  doneText: "このパスキーはこの端末専用です。銀行口座の開設など大切な手続きでは、これまでどおりIDパスワードが必要です。",
  confirming: "パスキーで確認してください",
  instead: "代わりにIDパスワードを使う",
  again: "この端末から削除された場合は、こちらから。",
  scene: "この手続きにはIDパスワードが必要です。パスキーだけでは足りません。",
  lost: "この端末のパスキーは使えなくなりました。今回はIDパスワードをお使いください。",
  several: "パスキーで確認できるのは一度に1枚です。IDパスワードなら、まとめて確認できます。",
  lostOffer: "パスキーが使えなくなっていました。新しいパスキーを登録できます。",
};

const zhHans: typeof en = {
  title: "使用通行密钥确认",
  lead: "除必须使用身份密码的场合外，可用指纹、面容或本设备的 PIN 码代替八位数字。",
  add: "添加通行密钥",
  replace: "设置新的通行密钥",
  later: "以后再说",
  isSet: "本设备已有通行密钥。",
  enter: "如要添加，请先输入身份密码。",
  make: "创建通行密钥",
  makeText: "浏览器将两次要求验证指纹、面容或 PIN 码：一次用于创建，一次用于试用。",
  label: "完整卡",
  doneTitle: "通行密钥已添加",
  doneText: "它只属于本设备。办理开立银行账户等重要事项时，仍需输入身份密码。",
  confirming: "请用通行密钥确认",
  instead: "改用身份密码",
  again: "它已从本设备删除了吗？",
  scene: "此用途需要身份密码，仅凭通行密钥还不够。",
  lost: "本设备的通行密钥已不再被接受。这一次请使用身份密码。",
  several: "通行密钥一次只能确认一张卡片，身份密码可一次确认全部。",
  lostOffer: "您的通行密钥已不再被接受。您可以设置新的通行密钥。",
};

export const passkeyCatalogue: Catalogue<typeof en> = { en, ja, "zh-Hans": zhHans };

export const passkeyText = messages(passkeyCatalogue);
